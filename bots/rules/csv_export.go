package rules

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"io"

	"parley/core/sheet"
)

// ExportCSV writes the rules as a table that spreadsheets open as it is: UTF-8
// with a byte order mark, RFC 4180, no cell a formula. ImportCSV reads it back
// without loss; carriage returns become line ends.
func ExportCSV(w io.Writer, c Content, o CSVOptions) error {
	buffered := bufio.NewWriter(w)
	buffered.WriteString("\ufeff") // an error stays until Flush
	out := csv.NewWriter(buffered)
	t, cols := newTable(o), columns()
	row := make([]string, len(cols))
	for i, col := range cols {
		row[i] = col.name
		if t.zh {
			row[i] = col.zh
		}
	}
	if err := out.Write(row); err != nil {
		return fmt.Errorf("write headings of rules: %w", err)
	}
	for _, r := range c.Rules {
		for i, col := range cols {
			cell, err := col.write(r, t)
			if err != nil {
				return fmt.Errorf("write %s of rule %s: %w", col.name, r.ID, err)
			}
			row[i] = sheet.Guard(cell)
		}
		if err := out.Write(row); err != nil {
			return fmt.Errorf("write rule %s: %w", r.ID, err)
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("write rules: %w", err)
	}
	if err := buffered.Flush(); err != nil {
		return fmt.Errorf("write rules: %w", err)
	}
	return nil
}
