// Package physics simulates planar articulated rigid bodies in joint coordinates.
package physics
