// Package modelfile reads MJCF, MuJoCo's model format, for planar models: all hinges about one axis of space,
// all slides across it. It returns errors with file, line and element, and never panics on a file.
//
// # What is read
//
// The table in rules.go lists every element and attribute of MJCF 3.3 and what becomes of it: it has its effect, it
// cannot change the motion of a planar body, it is left out with a note, or it is refused by name. What the table does
// not have is refused by name too.
//
// The text is XML as MuJoCo's parser, tinyxml2, takes it (xml.go). An include is replaced by what the root of its file
// holds; the file is sought beside the main file, then beside the one that includes it.
//
// # What a planar model is
//
// The plane of motion is across the first hinge's axis: (x, z) for a hinge about y, (x, y) about z, (y, z) about x;
// (x, z) without hinges. Bodies may be turned in space as long as the axes fit. Capsules and cylinders lie in the
// plane or stand on it where they may touch; offsets across the plane count in the distance of two geoms. Boxes, cylinders
// and ellipsoids may be turned in space as they like; pairs of forms that pass through each other are noted, among them boxes
// of which one has no axis across the plane.
//
// Source: MuJoCo documentation, chapter XML reference, version 3.3; the behaviour of xml_native_reader, user_objects and
// user_model of MuJoCo 3.3.8.
package modelfile
