package view

import "github.com/hajimehoshi/ebiten/v2"

// edgeShader fills rounded boxes with smooth edges; package scene explains the numbers of a vertex.
// color is premultiplied.
const edgeShader = `//kage:unit pixels
package main

func Fragment(dst vec4, src vec2, color vec4, custom vec4) vec4 {
	q := abs(custom.xy) - vec2(custom.z, src.x)
	d := length(max(q, vec2(0))) + min(max(q.x, q.y), 0) - custom.w
	if src.y > 0 {
		d = abs(d + src.y/2) - src.y/2
	}
	return color * clamp(0.5 - d/max(1, -src.y), 0, 1)
}
`

// compile makes the shader; the source is constant, so that an error is a mistake in it.
func compile() *ebiten.Shader {
	s, err := ebiten.NewShader([]byte(edgeShader))
	if err != nil {
		panic("view: the shader does not compile: " + err.Error())
	}
	return s
}
