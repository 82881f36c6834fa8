package rules

// Demo is the content of the bot that `parley demo` shows: a small tea shop with
// orders, delivery, returns, opening hours, products and a way to a person. What
// is not Chinese gets English.
func Demo(lang string) Content {
	c := Blank(lang)
	if isChinese(lang) {
		demoZH(&c)
	} else {
		demoEN(&c)
	}
	for i := range c.Rules {
		c.Rules[i].On = true
		c.Rules[i].Order = (i + 1) * 10
	}
	return c
}
