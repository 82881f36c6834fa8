// Package sheet reads and writes what spreadsheets save as CSV: its encodings,
// what parts its cells, and cells that must not become formulas. It knows
// nothing of what stands in them and touches no file.
package sheet
