//go:build !profile

package main

// profiled does nothing in a build without the tag profile.
func profiled() (stop func()) { return func() {} }
