// Package scene builds display lists: triangles with the few numbers that a fragment shader needs to
// give them smooth edges. It draws bodies from physics.Shape, with a camera that eases, and the strokes,
// dots and boxes from which package plot makes its pictures. It knows no graphics library.
//
// Notation: lengths on the screen are device pixels (px), y down; lengths in the world are metres, v up.
//
// # How an edge becomes smooth
//
// Every primitive is a rounded box: the points within a radius w of the rectangle |p.x| <= h, |p.y| <= g
// in its own frame. A capsule has g = 0, a dot h = g = 0. The vertices carry p, interpolated, beside h, g
// and w; the shader evaluates the signed distance
//
//	q = |p| - (h, g);   d = length(max(q, 0)) + min(max(q.x, q.y), 0) - w
//
// and the coverage clamp(1/2 - d/f, 0, 1) with a feather f of one pixel, or more for a soft shadow. One
// vertex format, one shader and one draw call serve a whole layer, without a texture.
// (The distance of a rounded box is common knowledge; see I. Quilez, "2D distance functions".)
package scene
