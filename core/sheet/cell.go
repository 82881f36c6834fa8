package sheet

import "strings"

// Guard keeps a spreadsheet from reading a cell as a formula: a cell that
// begins like one, after quotes and spaces, gets a quote before it.
func Guard(cell string) string {
	if formula(cell) {
		return "'" + cell
	}
	return cell
}

// Unguard takes back what Guard did.
func Unguard(cell string) string {
	if strings.HasPrefix(cell, "'") && formula(cell) {
		return cell[1:]
	}
	return cell
}

func formula(cell string) bool {
	rest := strings.TrimLeft(cell, "' ")
	return rest != "" && strings.ContainsRune("=+-@\t\r\n\x00＝＋－＠", []rune(rest)[0])
}
