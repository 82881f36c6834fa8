package setting

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"go.yaml.in/yaml/v3"
)

const (
	envPrefix   = "PARLEY_"
	envReserved = "PARLEY_TEST_" // the tests' own; never settings
	envConfig   = "PARLEY_CONFIG"
	defaultFile = "parley.yaml"
)

func readFlags(flags map[string]string, table []Setting) layer {
	found := layer{}
	for _, row := range table {
		if text, ok := flags[row.Key]; ok {
			found[row.Key] = given{text, Origin("flag " + row.Flag())}
		}
	}
	return found
}

// readEnviron takes PARLEY_* variables. One that is set to nothing counts as
// not set: that is how Compose passes on what its operator left out.
func readEnviron(environ []string, table []Setting) (layer, []error) {
	found := layer{}
	var problems []error
	for _, variable := range environ {
		name, text, _ := strings.Cut(variable, "=")
		if !strings.HasPrefix(name, envPrefix) || strings.HasPrefix(name, envReserved) || name == envConfig {
			continue
		}
		row, ok := rowBy(table, func(row Setting) bool { return row.Env() == name })
		switch {
		case !ok:
			names := []string{envConfig}
			for _, row := range table {
				names = append(names, row.Env())
			}
			problems = append(problems, unknownName(name, "environment", names))
		case text != "":
			found[row.Key] = given{text, Origin("environment " + name)}
		}
	}
	return found, problems
}

// readFile reads the settings file: a flat YAML mapping of scalars, or of lists
// where several values may be given. It returns the path of the file it read.
func readFile(src Sources, table []Setting) (layer, []error, string) {
	path, chosen := src.File, true
	for _, variable := range src.Environ {
		if name, text, _ := strings.Cut(variable, "="); name == envConfig && path == "" {
			path = text
		}
	}
	if path == "" {
		path, chosen = defaultFile, false
	}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) && !chosen {
		return nil, nil, ""
	}
	if err != nil {
		return nil, []error{fmt.Errorf("settings file: %w; name an existing file with --config", err)}, path
	}
	found, problems := readYAML(path, text, table)
	return found, problems, path
}

func readYAML(path string, text []byte, table []Setting) (layer, []error) {
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		return nil, []error{fmt.Errorf("settings file %s is not YAML: %w", path, err)}
	}
	if len(document.Content) == 0 {
		return nil, nil // empty, or comments alone
	}
	root := document.Content[0]
	if root.Kind != yaml.MappingNode {
		return nil, []error{fmt.Errorf("settings file %s must be lines of `name: value`, like `listen: 127.0.0.1:8080`", path)}
	}
	found := layer{}
	var problems []error
	for i := 0; i < len(root.Content); i += 2 {
		name, value := root.Content[i], root.Content[i+1]
		where := fmt.Sprintf("%s line %d", path, name.Line)
		row, ok := rowBy(table, func(row Setting) bool { return row.Key == name.Value })
		if !ok {
			var names []string
			for _, row := range table {
				names = append(names, row.Key)
			}
			problems = append(problems, unknownName(name.Value, where, names))
			continue
		}
		if earlier, twice := found[row.Key]; twice {
			problems = append(problems, fmt.Errorf("%s: %s is set twice, first in %s; remove one", where, row.Key, earlier.origin))
			continue
		}
		text, err := scalar(value)
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %s %w", where, row.Key, err))
			continue
		}
		found[row.Key] = given{text, Origin(where)}
	}
	return found, problems
}

// scalar is the text of a value; a list becomes its items with commas between.
func scalar(value *yaml.Node) (string, error) {
	switch {
	case value.Kind == yaml.ScalarNode && value.Tag == "!!null":
		return "", nil
	case value.Kind == yaml.ScalarNode:
		return value.Value, nil
	case value.Kind == yaml.SequenceNode:
		items := make([]string, 0, len(value.Content))
		for _, item := range value.Content {
			if item.Kind != yaml.ScalarNode {
				return "", errors.New("is a list of more than plain values; write each item as plain text")
			}
			items = append(items, item.Value)
		}
		return strings.Join(items, ","), nil
	default:
		return "", errors.New("is not a plain value; write it on one line, like `listen: 127.0.0.1:8080`")
	}
}

func rowBy(table []Setting, is func(Setting) bool) (Setting, bool) {
	for _, row := range table {
		if is(row) {
			return row, true
		}
	}
	return Setting{}, false
}
