package rules

import "parley/core/canon"

func demoEN(c *Content) {
	c.Basics.Name = "Tilly"
	c.Welcome.Replies = []Reply{TextMenu("Hello and welcome to Moonhill Tea! I am Tilly, the shop's assistant: I know about orders, delivery, returns and our teas. Pick a question or just ask; to talk to a person, write “agent”.", "main")}
	c.Default.Replies = []Reply{
		TextMenu("Sorry, I have not learned that yet. Try other words, or pick one of these:", "main"),
		TextMenu("I did not quite get that. What people ask most is here, and so is a colleague:", "main"),
	}
	c.Menus = append(c.Menus, menusEN()...)
	c.Rules = append(c.Rules, serviceEN()...)
	c.Rules = append(c.Rules, productsEN()...)
}

func menusEN() []Menu {
	return []Menu{
		{ID: "main", Name: "Main menu", Options: []MenuOption{
			{Label: "Where is my order?", Rule: "order"},
			{Label: "Delivery and postage", Rule: "delivery"},
			{Label: "Returns and exchanges", Rule: "returns"},
			{Label: "Teas and teaware", Menu: "products"},
			{Label: "Opening hours", Rule: "hours"},
			{Label: "Talk to a person", Human: true},
		}, Footer: "A number will do as well."},
		{ID: "products", Name: "Products", Prompt: "Our favourites. Which one would you like to see?", Options: []MenuOption{
			{Label: "Spring Longjing 50 g", Rule: "longjing"},
			{Label: "Porcelain gaiwan", Rule: "gaiwan"},
			{Label: "Moonhill gift box", Rule: "giftbox"},
			{Label: "Help me choose", Value: "which tea should I choose"},
			{Label: "Back to the main menu", Menu: "main"},
		}},
	}
}

func serviceEN() []Rule {
	return []Rule{
		{
			ID: "order-number", Name: "Order number", Match: MatchRegex, Patterns: []string{`\bMH\d{8}\b`},
			Answers: []Reply{Text("Thank you, I have your order number. A colleague is looking it up.")},
			Handoff: &RuleHandoff{},
		},
		{
			ID: "complaint", Name: "Complaint", Match: MatchKeyword,
			Patterns: []string{"complain*", "broken", "damaged", "smashed", "terrible", "awful", "fake", "scam"},
			Answers:  []Reply{Text("I am sorry to hear that. A colleague will take care of this personally.")},
			Handoff:  &RuleHandoff{},
		},
		{
			ID: "address", Name: "Change of address", Match: MatchKeyword,
			Patterns: []string{"change+address", "wrong+address", "new+address", "update+address"},
			Answers:  []Reply{Text("Until it leaves the shop we can change the address. Send me the order number and the new address, and a colleague will confirm.")},
		},
		{
			ID: "delivery", Name: "Delivery and postage", Match: MatchKeyword,
			Patterns: []string{"deliver*", "shipping", "ship*", "postage", "how long+arrive", "dispatch*"},
			Answers:  []Reply{Text("What you order by 4 pm leaves the same day and takes 2 to 3 working days. Postage is free from £30, otherwise £3.50. For other countries, ask a colleague for a price.")},
		},
		{
			ID: "returns", Name: "Returns and exchanges", Match: MatchKeyword,
			Patterns: []string{"return*", "refund*", "exchange*", "send+back", "money+back", "do not want+anymore"},
			Answers:  []Reply{TextMenu("Within 14 days, unopened tea and unused teaware can be returned or exchanged; refunds take 1 to 3 working days. If something broke on the way, we replace it: send a picture to a colleague.", "person")},
		},
		{
			ID: "hours", Name: "Opening hours", Match: MatchKeyword,
			Patterns: []string{"opening hours", "open*", "close*", "closing", "business hours", "weekend*", "what time"},
			Answers:  []Reply{Text("The shop and my colleagues are there every day from 9 am to 9 pm. I am always here, and messages left overnight are answered in the morning.")},
		},
		{
			ID: "where", Name: "Where the shop is", Match: MatchKeyword,
			Patterns: []string{"where+shop", "where+store", "your+address", "physical store", "directions"},
			Answers:  []Reply{Text("You find us at 18 Lantern Lane, ten minutes on foot from the central station. Come in for a cup.")},
		},
		{
			ID: "payment", Name: "Payment and invoices", Match: MatchKeyword,
			Patterns: []string{"pay*", "invoice*", "receipt*", "credit card*", "paypal"},
			Answers:  []Reply{Text("We take cards, PayPal and bank transfer. The invoice comes by mail once the parcel has left; a colleague can put your company on it.")},
		},
		{
			ID: "order", Name: "Orders and tracking", Match: MatchKeyword,
			Patterns: []string{"order*", "track*", "parcel*", "package", "not arrived", "has+arrived", "where+is+it"},
			Answers: []Reply{
				Text("Once it has left the shop you get a mail with the tracking number. Or send me your order number (MH and 8 digits), and a colleague will look."),
				Text("Send me your order number, MH and 8 digits, and a colleague will see where it is. If it has left, the tracking number is in your mail."),
			},
		},
		{
			ID: "bye", Name: "Goodbye", Match: MatchExact, Close: true,
			Patterns: []string{"bye", "goodbye", "bye bye", "that's all", "that is all", "no more questions", "再见"},
			Answers:  []Reply{Text("Thank you for coming by. Enjoy your tea!")},
		},
	}
}

func productsEN() []Rule {
	return []Rule{
		{
			ID: "longjing", Name: "Longjing", Match: MatchKeyword, Patterns: []string{"longjing", "dragonwell", "green tea*"},
			Answers: []Reply{{Parts: []ReplyPart{
				{Type: PartCard, Card: &ReplyCard{Kind: canon.CardProduct, Ref: "T-101", Title: "Spring Longjing 50 g", Text: "Hand-fired in late March, sweet with a note of chestnut.", Price: "£18"}},
				{Type: PartText, Text: "Best at 80 °C: 3 grams in a glass, two minutes."},
			}}},
		},
		{
			ID: "gaiwan", Name: "Gaiwan", Match: MatchKeyword, Patterns: []string{"gaiwan*", "teaware", "porcelain", "cup*"},
			Answers: []Reply{{Parts: []ReplyPart{
				{Type: PartCard, Card: &ReplyCard{Kind: canon.CardProduct, Ref: "W-205", Title: "Porcelain gaiwan 120 ml", Text: "Thrown by hand in Jingdezhen, thin and cool to hold.", Price: "£12"}},
				{Type: PartText, Text: "Should it arrive chipped, a picture is enough and we send another."},
			}}},
		},
		{
			ID: "giftbox", Name: "Gift box", Match: MatchKeyword, Patterns: []string{"gift*", "present*", "hamper"},
			Answers: []Reply{{Parts: []ReplyPart{
				{Type: PartCard, Card: &ReplyCard{Kind: canon.CardProduct, Ref: "G-300", Title: "Moonhill gift box", Text: "Longjing, white tea and a gaiwan, with a card written by hand.", Price: "£45"}},
				{Type: PartText, Text: "Tell us what the card should say when you order. From ten boxes on, ask a colleague for a price."},
			}}},
		},
		{
			ID: "choose", Name: "Choosing a tea", Match: MatchKeyword, Menus: []string{"products"},
			Patterns: []string{"which tea*", "recommend*", "help+choose", "best tea*", "beginner*", "what teas"},
			Answers:  []Reply{Text("For something fresh, Longjing; for something mellow, white tea; for others, the gift box. To begin with, Longjing in a gaiwan.")},
		},
		{
			ID: "price", Name: "Offers", Match: MatchKeyword, Patterns: []string{"discount*", "offer*", "coupon*", "cheaper", "voucher*", "sale"},
			Answers: []Reply{Text("Your first order is £2 off, and from £60 there are £5 off, taken off by itself at checkout.")},
		},
	}
}
