// Renders a chart like `helm template` does, with Helm's libraries: text/template, sprig and sigs.k8s.io/yaml.
//
//	render CHART VALUES-AS-JSON
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig"
	"sigs.k8s.io/yaml"
)

type files struct{ root string }

func (f files) Get(name string) string { return string(read(filepath.Join(f.root, name))) }

func (f files) Glob(pattern string) map[string][]byte {
	found := map[string][]byte{}
	names, err := filepath.Glob(filepath.Join(f.root, pattern))
	check(err)
	for _, name := range names {
		relative, err := filepath.Rel(f.root, name)
		check(err)
		found[relative] = read(name)
	}
	return found
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func read(name string) []byte {
	content, err := os.ReadFile(name)
	check(err)
	return content
}

func readYaml(content []byte) map[string]interface{} {
	values := map[string]interface{}{}
	check(yaml.Unmarshal(content, &values))
	return values
}

func merge(into, from map[string]interface{}) {
	for key, value := range from {
		inner, isMap := value.(map[string]interface{})
		known, wasMap := into[key].(map[string]interface{})
		if isMap && wasMap {
			merge(known, inner)
		} else {
			into[key] = value
		}
	}
}

func main() {
	root := os.Args[1]
	values := readYaml(read(filepath.Join(root, "values.yaml")))
	given := map[string]interface{}{}
	check(json.Unmarshal([]byte(os.Args[2]), &given))
	merge(values, given)
	about := readYaml(read(filepath.Join(root, "Chart.yaml")))
	context := map[string]interface{}{
		"Values":  values,
		"Chart":   map[string]interface{}{"Name": about["name"], "Version": about["version"], "AppVersion": about["appVersion"]},
		"Release": map[string]interface{}{"Name": "health", "Namespace": "releases", "Service": "Helm"},
		"Files":   files{root},
	}
	all := template.New("chart").Option("missingkey=error")
	functions := sprig.TxtFuncMap()
	functions["include"] = func(name string, data interface{}) (string, error) {
		var out strings.Builder
		err := all.ExecuteTemplate(&out, name, data)
		return out.String(), err
	}
	functions["toYaml"] = func(value interface{}) (string, error) {
		text, err := yaml.Marshal(value)
		return strings.TrimSuffix(string(text), "\n"), err
	}
	all.Funcs(functions)
	var names []string
	check(filepath.Walk(filepath.Join(root, "templates"), func(name string, info os.FileInfo, err error) error {
		check(err)
		if !info.IsDir() {
			template.Must(all.New(name).Parse(string(read(name))))
			names = append(names, name)
		}
		return nil
	}))
	for _, name := range names {
		var out strings.Builder
		check(all.ExecuteTemplate(&out, name, context))
		if strings.HasSuffix(name, ".yaml") && strings.TrimSpace(out.String()) != "" {
			fmt.Printf("---\n# Source: %s\n%s\n", name, out.String())
		}
	}
}
