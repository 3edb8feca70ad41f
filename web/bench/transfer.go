//go:build !js

package main

import (
	"errors"
	"strings"
)

type TransferResult struct{}

func (s *session) transfer() error                 { return errors.New("todo") }
func (t *TransferResult) table(w *strings.Builder) {}
