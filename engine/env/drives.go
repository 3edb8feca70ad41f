package env

// Drive is what those who deploy a policy must know of the joint that an action drives.
type Drive struct {
	Joint     string  // its name in the model file
	Rest      float64 // its position in the reference configuration, m or rad
	Stiffness float64 // of the actuator as a servo, N/m or N m/rad; 0 of a motor
	Damping   float64 // N s/m or N m s/rad
}

// Drives are the joints behind the actions of an environment on a body of engine/physics, [ActDim]; nil of others, and where an
// action drives no single joint with a name.
func Drives(e Env) []Drive {
	if j, ok := e.(*judged); ok {
		e = j.Env
	}
	a, ok := e.(*Articulated)
	if !ok {
		return nil
	}
	list := make([]Drive, 0, a.task.ActDim)
	for _, u := range a.data.Model.Actuators {
		if u.OnTendon || u.OnSite || a.data.Model.Joints[u.Joint].Name == "" {
			return nil
		}
		j := &a.data.Model.Joints[u.Joint]
		list = append(list, Drive{Joint: j.Name, Rest: j.Ref, Stiffness: unsigned(-u.Gear * u.Gear * u.Bias[1]), Damping: unsigned(-u.Gear * u.Gear * u.Bias[2])})
	}
	return list
}

// unsigned is x without the sign of a zero.
func unsigned(x float64) float64 {
	if x == 0 {
		return 0
	}
	return x
}
