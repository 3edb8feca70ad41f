package physics

// Inverse computes the joint forces, beyond actuators, passive and external ones, with which the present state has the
// accelerations qacc [NV]: dst = M qacc - QFrcSmooth - J'f(qacc), where a row pushes with
// f = -D min(0, J qacc - aref). It evaluates the state; QAcc stays as it is.
func (d *Data) Inverse(dst, qacc []float64) {
	d.evaluate()
	d.MulM(dst, qacc)
	r := &d.rows
	copy(r.x, d.QAcc)
	copy(d.QAcc, qacc)
	d.activate(qacc)
	d.constraintForces()
	copy(d.QAcc, r.x)
	for k := range dst[:d.Model.NV] {
		dst[k] -= d.QFrcSmooth[k] + d.QFrcConstraint[k]
	}
}
