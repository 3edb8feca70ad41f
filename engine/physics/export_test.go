package physics

// Written reports whether all that gen writes out stands in for the loops on this model.
func (m *Model) Written() bool {
	return m.kernel.sweep != nil && m.kernel.solve != nil && m.kernel.leaves != nil
}
