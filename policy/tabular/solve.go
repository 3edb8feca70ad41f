package tabular

import ()

// system is the LU factorisation of I - gamma P without pivoting: the matrix is an M-matrix whose rows are dominated by
// their diagonals, for which elimination in any order is stable. Row i is stored from its first to its last entry, fill
// included, so that a grid of n cells with rows of w costs n w^2 and not n^3.
type system struct {
	first []int       // [n] column of the first stored entry of a row
	row   [][]float64 // [n][...] L left of the diagonal, without its ones, U from the diagonal on
	work  []float64   // [n] the row that is eliminated
}

func newSystem(n int) *system {
	return &system{first: make([]int, n), row: make([][]float64, n), work: make([]float64, n)}
}

// factor makes the system that of I - gamma P_pi.
func (f *system) factor(m *MDP, pi []float64) {
	for i := range f.row {
		low, high := f.load(m, pi, i)
		f.first[i] = low
		for k := low; k < i; k++ {
			a := f.work[k]
			if a == 0 {
				continue
			}
			upper := f.row[k][k-f.first[k]:]
			a /= upper[0]
			f.work[k] = a
			if end := k + len(upper) - 1; end > k {
				addScaled(f.work[k+1:end+1], -a, upper[1:])
				high = max(high, end)
			}
		}
		f.row[i] = append(f.row[i][:0], f.work[low:high+1]...)
		clear(f.work[low : high+1])
	}
}

// load puts row i of I - gamma P_pi into work and returns its first and last column.
func (f *system) load(m *MDP, pi []float64, i int) (low, high int) {
	low, high = i, i
	f.work[i] = 1
	for a, p := range m.row(pi, i) {
		if p == 0 {
			continue
		}
		for _, e := range m.Next[i*m.Actions+a] {
			f.work[e.To] -= float64(m.Gamma * float64(p*e.P))
			low, high = min(low, e.To), max(high, e.To)
		}
	}
	return low, high
}

// solve replaces b by (I - gamma P)^-1 b.
func (f *system) solve(b []float64) {
	for i, row := range f.row {
		low := f.first[i]
		b[i] -= dot(row[:i-low], b[low:i])
	}
	for i := len(b) - 1; i >= 0; i-- {
		upper := f.row[i][i-f.first[i]:]
		b[i] = (b[i] - dot(upper[1:], b[i+1:i+len(upper)])) / upper[0]
	}
}

// solveTransposed replaces b by (I - gamma P)^-T b.
func (f *system) solveTransposed(b []float64) {
	for i := range b {
		upper := f.row[i][i-f.first[i]:]
		b[i] /= upper[0]
		addScaled(b[i+1:i+len(upper)], -b[i], upper[1:])
	}
	for i := len(b) - 1; i >= 0; i-- {
		low := f.first[i]
		addScaled(b[low:i], -b[i], f.row[i][:i-low])
	}
}
