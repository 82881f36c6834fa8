package house

import "strings"

// Licence names the licence whose text is given by its SPDX identifier, told by
// a sentence that only this licence has; empty if none is known.
func Licence(text string) string {
	text = strings.ToLower(strings.Join(strings.Fields(text), " "))
	has := func(words string) bool { return strings.Contains(text, words) }
	// These name each other in their texts, so the title decides.
	title := text[:min(len(text), 200)]
	switch {
	case strings.Contains(title, "mozilla public license"):
		return "MPL-2.0"
	case strings.Contains(title, "gnu affero general public license"):
		return "AGPL-3.0"
	case strings.Contains(title, "gnu lesser general public license"):
		return "LGPL-3.0"
	case strings.Contains(title, "gnu general public license"):
		return "GPL-3.0"
	case has("mozilla public license, v. 2.0"):
		return "MPL-2.0"
	case has("apache license"):
		return "Apache-2.0"
	case has("permission is hereby granted, free of charge"):
		return "MIT"
	case has("permission to use, copy, modify, and/or distribute this software for any purpose"),
		has("permission to use, copy, modify, and distribute this software for any purpose"):
		return "ISC"
	case has("redistribution and use in source and binary forms") && has("neither the name"):
		return "BSD-3-Clause"
	case has("redistribution and use in source and binary forms"):
		return "BSD-2-Clause"
	case has("this is free and unencumbered software released into the public domain"):
		return "Unlicense"
	case has("cc0 1.0 universal"):
		return "CC0-1.0"
	default:
		return ""
	}
}
