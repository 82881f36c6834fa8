package cloud

import (
	"encoding/json"

	"parley/connectors/meta/graph"
)

// news is the value of a change in the field "messages" and its kin.
type news struct {
	Metadata struct {
		Number graph.Word `json:"phone_number_id"`
	} `json:"metadata"`
	Contacts []person          `json:"contacts"`
	Messages []json.RawMessage `json:"messages"`
	Statuses []json.RawMessage `json:"statuses"`
	Echoes   []json.RawMessage `json:"message_echoes"` // sent from the WhatsApp Business app
	Calls    []json.RawMessage `json:"calls"`
	Errors   []json.RawMessage `json:"errors"`
}

// person is who wrote. A customer with a username may come without a number.
type person struct {
	Number  graph.Word `json:"wa_id"`
	User    graph.Word `json:"user_id"` // business-scoped
	Profile struct {
		Name     string `json:"name"`
		Username string `json:"username"`
	} `json:"profile"`
}

// head is what every message has.
type head struct {
	ID    string       `json:"id"`
	From  graph.Word   `json:"from"`
	User  graph.Word   `json:"from_user_id"`
	To    graph.Word   `json:"to"`
	Group graph.Word   `json:"group_id"`
	At    graph.Number `json:"timestamp"`
	Type  string       `json:"type"`
}

// incoming is a message of any type.
type incoming struct {
	head
	Context struct {
		ID       string     `json:"id"`
		From     graph.Word `json:"from"`
		Referred struct {
			Product string `json:"product_retailer_id"`
		} `json:"referred_product"`
	} `json:"context"`
	Text struct {
		Body string `json:"body"`
	} `json:"text"`
	Image    *file      `json:"image"`
	Video    *file      `json:"video"`
	Audio    *file      `json:"audio"`
	Document *file      `json:"document"`
	Sticker  *file      `json:"sticker"`
	Location *place     `json:"location"`
	Contacts []card     `json:"contacts"`
	Pressed  *pressed   `json:"interactive"`
	Button   *button    `json:"button"`
	Order    *order     `json:"order"`
	Reaction *reaction  `json:"reaction"`
	Referral *referral  `json:"referral"`
	System   *system    `json:"system"`
	Revoke   *original  `json:"revoke"`
	Edit     *edit      `json:"edit"`
	Errors   []mischief `json:"errors"`
}

type file struct {
	ID       string `json:"id"`
	MIME     string `json:"mime_type"`
	Caption  string `json:"caption"`
	Name     string `json:"filename"`
	Voice    bool   `json:"voice"`
	Animated bool   `json:"animated"`
}

type place struct {
	Lat     float64 `json:"latitude"`
	Lon     float64 `json:"longitude"`
	Name    string  `json:"name"`
	Address string  `json:"address"`
	URL     string  `json:"url"`
}

type card struct {
	Name struct {
		Formatted string `json:"formatted_name"`
		First     string `json:"first_name"`
	} `json:"name"`
	Org struct {
		Company string `json:"company"`
	} `json:"org"`
	Phones []struct {
		Phone string `json:"phone"`
	} `json:"phones"`
	Emails []struct {
		Email string `json:"email"`
	} `json:"emails"`
}

type pressed struct {
	Type   string `json:"type"`
	Button row    `json:"button_reply"`
	Row    row    `json:"list_reply"`
	Flow   struct {
		Name     string `json:"name"`
		Body     string `json:"body"`
		Response string `json:"response_json"`
	} `json:"nfm_reply"`
}

type row struct {
	ID    string `json:"id"`
	Title string `json:"title"`
}

type button struct {
	Payload string `json:"payload"`
	Text    string `json:"text"`
}

type order struct {
	Catalog string `json:"catalog_id"`
	Text    string `json:"text"`
	Items   []struct {
		Product  string       `json:"product_retailer_id"`
		Quantity graph.Number `json:"quantity"`
		Price    json.Number  `json:"item_price"`
		Currency string       `json:"currency"`
	} `json:"product_items"`
}

type reaction struct {
	Target string `json:"message_id"`
	Emoji  string `json:"emoji"`
}

// referral is the advertisement or post a customer came from.
type referral struct {
	Source   string     `json:"source_id"`
	Type     string     `json:"source_type"`
	URL      string     `json:"source_url"`
	Headline string     `json:"headline"`
	Click    graph.Word `json:"ctwa_clid"`
}

type system struct {
	Body string     `json:"body"`
	Type string     `json:"type"`
	New  graph.Word `json:"wa_id"`
}

type original struct {
	ID string `json:"original_message_id"`
}

type edit struct {
	ID      string          `json:"original_message_id"`
	Message json.RawMessage `json:"message"`
}

// mischief is an error in a callback.
type mischief struct {
	Code  graph.Number `json:"code"`
	Title string       `json:"title"`
	Data  struct {
		Details string `json:"details"`
	} `json:"error_data"`
}

// status is how far a message of ours got.
type status struct {
	ID     string       `json:"id"`
	Status string       `json:"status"`
	At     graph.Number `json:"timestamp"`
	To     graph.Word   `json:"recipient_id"`
	User   graph.Word   `json:"recipient_user_id"`
	Key    string       `json:"biz_opaque_callback_data"`
	Errors []mischief   `json:"errors"`
}

// call is a voice call on WhatsApp.
type call struct {
	ID     string       `json:"id"`
	From   graph.Word   `json:"from"`
	To     graph.Word   `json:"to"`
	Event  string       `json:"event"`
	Status string       `json:"status"`
	Way    string       `json:"direction"`
	At     graph.Number `json:"timestamp"`
}
