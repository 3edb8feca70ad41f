package physics

// A row that ties branches of the tree adds entries between them, which the packed matrices of the tree have not. An evaluation
// that has such a row solves with whole rows instead: row k holds the dofs 0 to k, from triangle(k).

// triangle is how many numbers the rows before row k have.
func triangle(k int) int { return k * (k + 1) / 2 }

// tiesAnyBranches reports whether some row may tie branches.
func (m *Model) tiesAnyBranches() bool {
	for i := range m.couples {
		if m.couples[i].ties {
			return true
		}
	}
	for i := range m.contacts {
		if m.contacts[i].ties {
			return true
		}
	}
	return false
}

// widen writes M with whole rows.
func (d *Data) widen(h []float64) {
	m := d.Model
	clear(h)
	for k := range m.dofs {
		c := &m.dofs[k]
		row, wide := d.M[c.row:c.row+c.depth+1], h[triangle(k):triangle(k+1)]
		for e, i := range m.chain[c.chain : c.chain+len(row)] {
			wide[i] = row[e]
		}
	}
}

// solveWide replaces x by the solution of h x = b, and h by its factor but for the diagonal: L'DL as Data.factor and
// Data.solve. Most entries between branches are 0 and stay it.
func solveWide(h, x []float64) {
	for k := len(x) - 1; k >= 0; k-- {
		row := h[triangle(k):triangle(k+1)]
		inv, xk := 1/row[k], x[k]
		row[k] = inv
		for e := k - 1; e >= 0; e-- {
			if row[e] == 0 {
				continue
			}
			t := row[e] * inv
			up := h[triangle(e):triangle(e+1)]
			for i, r := range row[:len(up)] {
				up[i] -= float64(t * r)
			}
			row[e] = t
			x[e] -= float64(t * xk)
		}
	}
	for k := range x {
		row := h[triangle(k):triangle(k+1)]
		s := x[k] * row[k]
		for e, t := range row[:k] {
			s -= float64(t * x[e])
		}
		x[k] = s
	}
}
