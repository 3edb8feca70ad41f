// Package modelfile reads MJCF, MuJoCo's model format, for planar models: all hinges about one axis of space,
// all slides across it. It returns errors with file, line and element, and never panics on a file.
//
// # What is read
//
//	element            attributes with an effect                              others
//	mujoco             model
//	compiler           angle eulerseq autolimits inertiafromgeom              path and mesh attributes skipped;
//	                   settotalmass boundmass boundinertia                    coordinate="global" refused
//	option             timestep gravity density viscosity impratio            solver settings skipped: the solver
//	                   integrator (Euler, RK4)                                is exact; elliptic cones refused
//	option/flag        contact constraint limit gravity actuation             the others skipped, or refused
//	                   clampctrl filterparent eulerdamp                       where they change forces
//	default            class, and defaults of joint, geom, motor,             of skipped elements skipped
//	                   position, velocity, general, site
//	include            file, from the given set
//	worldbody, body,   name pos quat axisangle euler xyaxes zaxis childclass  mocap, gravcomp refused
//	frame
//	inertial           pos mass diaginertia fullinertia, orientation
//	joint              name class type (hinge, slide) pos axis ref limited    free and ball refused; frictionloss,
//	                   range margin stiffness springref damping armature      actuatorfrcrange, springdamper refused
//	                   solreflimit solimplimit
//	geom               name class type (capsule sphere plane box cylinder)    mesh, ellipsoid, hfield, sdf refused;
//	                   size fromto pos orientation mass density contype       boxes and cylinders have mass and
//	                   conaffinity condim (1, 3) friction margin gap          inertia, but do not collide (noted)
//	                   priority solmix solref solimp
//	site               name class pos
//	actuator           motor, position (kp kv), velocity (kv), general        other transmissions than a joint,
//	                   (gainprm, biasprm affine): name class joint gear       other dynamics refused
//	                   ctrllimited ctrlrange forcelimited forcerange
//	contact            exclude                                                pair refused
//	asset visual size statistic custom sensor keyframe light camera           skipped
//	tendon equality deformable extension, and what is not listed              refused
//
// # What a planar model is
//
// The plane of motion is across the first hinge's axis: (x, z) for a hinge about y, (x, y) about z, (y, z) about x;
// (x, z) without hinges. Bodies may be turned in space as long as the axes fit. Capsules and cylinders lie in the
// plane or stand on it where they may touch; offsets across the plane count in the distance of two geoms.
//
// Source: MuJoCo documentation, chapter XML reference, version 3.3.
package modelfile
