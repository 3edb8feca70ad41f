// Package physics simulates planar articulated rigid bodies in joint coordinates, with the soft contacts,
// joint limits and integrators of MuJoCo, so that its trajectories are MuJoCo's to rounding.
//
// # Conventions
//
// The plane of motion has coordinates (u, v): (x, z) or (x, y) of the three-dimensional world. Angles are in
// radians, counter-clockwise in (u, v); everything else is in SI units. One joint has one degree of freedom,
// and dof order = joint order = qpos order (NQ = NV). perp(a, b) = (-b, a) turns a vector by +90 degrees.
//
// # The stages of one evaluation
//
// For a state (q, v) and controls, Data.Forward computes, one file per stage,
//
//	kinematics   body poses, unit motions of the joints, velocities            kinematics.go
//	M            joint-space inertia by composite rigid bodies                 inertia.go
//	bias         Coriolis, centrifugal and gravity forces (left-hand side)     bias.go
//	passive      springs, dampers, fluid                                       passive.go
//	actuation    gear * clamp(ctrl)                                            actuator.go
//	contact      nearest points of the geom pairs                              collision.go
//	rows         Jacobian, reference acceleration and regularisation           constraint.go
//	solve        argmin_a 1/2 (a-a0)'M(a-a0) + sum 1/2 D min(0, J a - aref)^2  solver.go
//
// and Data.Step advances it by one timestep, semi-implicit Euler with implicit damping or RK4 (integrator.go).
//
// For the bodies of the suite the stages up to the actuation, and the loops of the solve, run as code without loops that
// gen writes (tree_gen.go), with the same bits.
//
// # Sparsity
//
// Row k of a joint-space matrix holds only the entries of dof k and its ancestors, from the root outwards, so
// that the rows of all ancestors are prefixes of the same chain; sums over ancestors are then plain loops over
// contiguous numbers, and L'DL fills nothing in (R. Featherstone, Rigid Body Dynamics Algorithms, 2008, 6.5).
// Where two branches may touch each other, all dofs are put on one chain instead, which makes the rows dense.
//
// # Determinism
//
// A state, the warm start and the controls determine the next state to the bit, on amd64 (GOAMD64=v1) and
// wasm, where the compiler does not fuse a product with a sum. Nothing here reads a clock or draws a number.
//
// Sources: MuJoCo documentation, chapters Computation and Modeling; the behaviour of engine_core_smooth,
// engine_passive, engine_core_constraint, engine_collision_primitive, engine_collision_driver,
// engine_setconst, engine_solver and engine_forward of MuJoCo 3.3.8.
package physics

//go:generate go run ./gen
