package connector

import (
	"fmt"
	"slices"
)

// Registry is the set of kinds a hub knows. It is a value made in main and
// never changes afterwards.
type Registry struct {
	drivers map[string]Driver
	kinds   []string
}

// NewRegistry returns a registry of the drivers, in the order given.
func NewRegistry(drivers ...Driver) (*Registry, error) {
	r := &Registry{drivers: make(map[string]Driver, len(drivers))}
	for _, d := range drivers {
		kind := d.Spec().Kind
		if kind == "" {
			return nil, fmt.Errorf("a driver of type %T names no kind", d)
		}
		if _, twice := r.drivers[kind]; twice {
			return nil, fmt.Errorf("two drivers for the kind %q", kind)
		}
		r.drivers[kind] = d
		r.kinds = append(r.kinds, kind)
	}
	return r, nil
}

// Driver returns the driver of a kind.
func (r *Registry) Driver(kind string) (Driver, bool) {
	d, ok := r.drivers[kind]
	return d, ok
}

// Kinds lists the kinds in their order.
func (r *Registry) Kinds() []string { return slices.Clone(r.kinds) }
