// Package assets embeds the files that the program ships: body models in bodies.
package assets

import "embed"

// Bodies holds bodies/*.xml, the body models, MJCF written for this project from the tasks' primary parameters.
//
//go:embed bodies/*.xml
var Bodies embed.FS
