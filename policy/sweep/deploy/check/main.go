// Command check reads Kubernetes manifests as the API's own types do, strictly: an unknown field, a wrong type or a kind
// that is not used here is an error. It is a module of its own, so that nothing else depends on the API's packages.
//
//	go run . ../kubernetes.yaml
package main

import (
	"bytes"
	"fmt"
	"os"

	batch "k8s.io/api/batch/v1"
	core "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

var kinds = map[string]func() any{
	"batch/v1 Job":             func() any { return &batch.Job{} },
	"v1 ConfigMap":             func() any { return &core.ConfigMap{} },
	"v1 PersistentVolumeClaim": func() any { return &core.PersistentVolumeClaim{} },
}

func main() {
	for _, path := range os.Args[1:] {
		if err := check(path); err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n", path, err)
			os.Exit(1)
		}
	}
}

func check(path string) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	for i, document := range bytes.Split(b, []byte("\n---\n")) {
		var head struct{ APIVersion, Kind string }
		if err := yaml.Unmarshal(document, &head); err != nil {
			return fmt.Errorf("document %d: %w", i, err)
		}
		name := head.APIVersion + " " + head.Kind
		make, ok := kinds[name]
		if !ok {
			return fmt.Errorf("document %d: %q is not used here", i, name)
		}
		if err := yaml.UnmarshalStrict(document, make()); err != nil {
			return fmt.Errorf("document %d, %s: %w", i, name, err)
		}
		fmt.Printf("%s: %s\n", path, name)
	}
	return nil
}
