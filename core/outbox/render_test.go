package outbox

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/core/canon"
	"parley/core/connector"
)

// every has one part of each key.
func every() map[string]canon.Part {
	file := canon.NewID()
	out := map[string]canon.Part{
		"text":     canon.Text{Body: "hello"},
		"location": canon.Location{Lat: 1, Lon: 2, Title: "Here"},
		"sticker":  canon.Sticker{Emoji: "🙂", Image: canon.Media{File: file}},
		"contact":  canon.Contact{Name: "Ann", Phones: []string{"1"}},
		"template": canon.Template{Name: "welcome", Text: "Welcome"},
		"opaque":   canon.Opaque{Name: "poll", Text: "a poll"},
	}
	for _, k := range []canon.MediaKind{canon.MediaImage, canon.MediaVoice, canon.MediaAudio, canon.MediaVideo, canon.MediaAnimation, canon.MediaFile} {
		out["media."+string(k)] = canon.Media{Kind: k, File: file, Name: "name.bin", MIME: "image/png", Size: 10}
	}
	for _, s := range []canon.ChoiceStyle{canon.ChoiceQuick, canon.ChoiceButtons, canon.ChoiceList} {
		out["choices."+string(s)] = canon.Choices{Style: s, Prompt: "Which?", Options: []canon.Option{{Label: "one", Value: "1"}, {Label: "two", Value: "2"}}}
	}
	for _, k := range []canon.CardKind{canon.CardProduct, canon.CardOrder, canon.CardLink, canon.CardApp, canon.CardArticle} {
		out["card."+string(k)] = canon.Card{Kind: k, Title: "A card", Image: canon.Media{File: file}}
	}
	return out
}

func full() connector.Capabilities {
	caps := connector.Capabilities{Parts: map[string]connector.Level{}, Caption: connector.Length{Max: 100, Unit: connector.Runes}}
	for _, k := range connector.PartKeys() {
		caps.Parts[k] = connector.Full
	}
	return caps
}

func link(id canon.ID) (string, error) { return "https://files.example/" + id.String(), nil }

func codes(notes []Note) []string {
	var out []string
	for _, n := range notes {
		out = append(out, n.Code)
	}
	return out
}

func TestEveryPartAtEveryLevel(t *testing.T) {
	parts := every()
	for _, key := range connector.PartKeys() {
		p, ok := parts[key]
		if !ok {
			t.Fatalf("no sample of %s", key)
		}
		m := canon.Message{Parts: []canon.Part{p}}
		for _, level := range []connector.Level{connector.Full, connector.Partial, connector.Degrade, connector.Drop, connector.Reject, ""} {
			t.Run(key+"/"+string(level), func(t *testing.T) {
				caps := full()
				caps.Parts[key] = level
				if level == "" {
					delete(caps.Parts, key) // not declared: degraded
				}
				got, err := Render(m, caps, link)
				var refused *connector.Error
				switch level {
				case connector.Full, connector.Partial:
					if err != nil || len(got.Calls) != 1 || len(got.Calls[0].Parts) != 1 || connector.PartKey(got.Calls[0].Parts[0]) != key || len(got.Notes) != 0 {
						t.Fatalf("%+v %v", got, err)
					}
				case connector.Drop:
					if !errors.As(err, &refused) || refused.Code != "nothing_left" || !slices.Equal(codes(got.Notes), []string{"dropped"}) {
						t.Fatalf("%+v %v", got, err)
					}
				case connector.Reject:
					if !errors.As(err, &refused) || refused.Class != connector.Unsupported || !strings.Contains(refused.Shown.EN, key) || refused.Shown.ZH == "" {
						t.Fatalf("%v", err)
					}
				default:
					if err != nil || len(got.Calls) != 1 {
						t.Fatalf("%+v %v", got, err)
					}
					text, ok := got.Calls[0].Parts[0].(canon.Text)
					if !ok || !strings.Contains(text.Body, strings.Split(p.Fallback(), "\n")[0]) {
						t.Fatalf("%+v", got.Calls[0].Parts)
					}
					if fileOf(p).IsZero() == strings.Contains(text.Body, "https://files.example/") {
						t.Fatalf("link in %q", text.Body)
					}
					if key != "text" && len(got.Notes) != 1 {
						t.Fatalf("notes %v", codes(got.Notes))
					}
				}
			})
		}
	}
}

func TestLimitsOfMediaChoicesAndText(t *testing.T) {
	picture := canon.Media{Kind: canon.MediaImage, File: canon.NewID(), Name: "a.png", MIME: "image/png; q=1", Size: 1000, Millis: 5000}
	choices := canon.Choices{Style: canon.ChoiceButtons, Prompt: "Which?", Options: []canon.Option{{Label: "first", Value: "1"}, {Label: "second", Value: "2"}}}
	runes := func(n int) connector.Length { return connector.Length{Max: n, Unit: connector.Runes} }
	image := func(l connector.MediaLimit) func(*connector.Capabilities) {
		return func(c *connector.Capabilities) {
			c.Media = map[canon.MediaKind]connector.MediaLimit{canon.MediaImage: l}
		}
	}
	captioned := picture
	captioned.Caption = "a rather long caption"
	for name, c := range map[string]struct {
		part  canon.Part
		limit func(*connector.Capabilities)
		keys  []string
		notes []string
	}{
		"a picture that fits":     {picture, image(connector.MediaLimit{MIME: []string{"image/*"}, Bytes: 1000, Duration: 5 * time.Second}), []string{"media.image"}, nil},
		"too many bytes":          {picture, image(connector.MediaLimit{Bytes: 999}), []string{"text"}, []string{"linked"}},
		"too long":                {picture, image(connector.MediaLimit{Duration: 4 * time.Second}), []string{"text"}, []string{"linked"}},
		"a type it does not take": {picture, image(connector.MediaLimit{MIME: []string{"image/jpeg", "video/*"}}), []string{"text"}, []string{"linked"}},
		"a type named exactly":    {picture, image(connector.MediaLimit{MIME: []string{"image/png"}}), []string{"media.image"}, nil},
		"a caption that fits":     {captioned, nil, []string{"media.image"}, nil},
		"a caption too long":      {captioned, func(c *connector.Capabilities) { c.Caption = runes(5) }, []string{"media.image", "text"}, []string{"caption"}},
		"no captions":             {captioned, func(c *connector.Capabilities) { c.Caption = connector.Length{} }, []string{"media.image", "text"}, []string{"caption"}},
		"no captions for this kind": {captioned, func(c *connector.Capabilities) {
			c.Media = map[canon.MediaKind]connector.MediaLimit{canon.MediaImage: {NoCaption: true}}
		}, []string{"media.image", "text"}, []string{"caption"}},
		"buttons that fit":             {choices, func(c *connector.Capabilities) { c.Choices = connector.ChoiceLimit{Buttons: 2, Label: runes(6)} }, []string{"choices.buttons"}, nil},
		"too many buttons":             {choices, func(c *connector.Capabilities) { c.Choices.Buttons = 1 }, []string{"text"}, []string{"degraded"}},
		"a label too long":             {choices, func(c *connector.Capabilities) { c.Choices.Label = runes(5) }, []string{"text"}, []string{"degraded"}},
		"a value too long":             {choices, func(c *connector.Capabilities) { c.Choices.Value = connector.Length{Max: 0} }, []string{"choices.buttons"}, nil},
		"a prompt too long":            {canon.Choices{Style: canon.ChoiceButtons, Prompt: "Which of the two is it?", Options: choices.Options[:1]}, func(c *connector.Capabilities) { c.Text = runes(20) }, []string{"text", "text"}, []string{"degraded", "cut"}},
		"text cut in its unit":         {canon.Text{Body: strings.Repeat("中", 10)}, func(c *connector.Capabilities) { c.Text = connector.Length{Max: 12, Unit: connector.Bytes} }, []string{"text", "text", "text"}, []string{"cut"}},
		"the same in runes is one":     {canon.Text{Body: strings.Repeat("中", 10)}, func(c *connector.Capabilities) { c.Text = runes(12) }, []string{"text"}, nil},
		"an emoji of many is not cut":  {canon.Text{Body: "👩‍👩‍👧‍👦👩‍👩‍👧‍👦"}, func(c *connector.Capabilities) { c.Text = connector.Length{Max: 11, Unit: connector.UTF16} }, []string{"text", "text"}, []string{"cut"}},
		"words that are in HTML alone": {canon.Text{HTML: "<p>x</p>"}, nil, nil, nil},
		"blank words":                  {canon.Text{Body: " \n"}, nil, nil, nil},
		"a file nobody stored yet":     {canon.Media{Kind: canon.MediaImage, Name: "x.png"}, func(c *connector.Capabilities) { c.Parts["media.image"] = connector.Degrade }, []string{"text"}, []string{"degraded"}},
	} {
		t.Run(name, func(t *testing.T) {
			caps := full()
			if c.limit != nil {
				c.limit(&caps)
			}
			got, err := Render(canon.Message{Parts: []canon.Part{c.part}}, caps, link)
			if err != nil {
				t.Fatal(err)
			}
			var keys []string
			for _, call := range got.Calls {
				for _, p := range call.Parts {
					keys = append(keys, connector.PartKey(p))
					if text, ok := p.(canon.Text); ok && (!caps.Text.Fits(text.Body) || strings.TrimSpace(text.Body) == "" || text.HTML != "") {
						t.Errorf("a text the channel cannot carry: %+v", text)
					}
				}
			}
			if !slices.Equal(keys, c.keys) || !slices.Equal(codes(got.Notes), c.notes) {
				t.Fatalf("parts %v, notes %v; want %v, %v", keys, codes(got.Notes), c.keys, c.notes)
			}
		})
	}
}

func TestPartsArePackedIntoAsFewCallsAsTheChannelAllows(t *testing.T) {
	text, picture := canon.Text{Body: "a"}, canon.Media{Kind: canon.MediaImage, File: canon.NewID()}
	parts := []canon.Part{text, text, picture, picture, picture, text}
	for name, c := range map[string]struct {
		perCall int
		mix     bool
		sizes   []int
	}{
		"one a call":        {0, false, []int{1, 1, 1, 1, 1, 1}},
		"two, kinds apart":  {2, false, []int{2, 2, 1, 1}},
		"ten, kinds apart":  {10, false, []int{2, 3, 1}},
		"four, kinds mixed": {4, true, []int{4, 2}},
	} {
		t.Run(name, func(t *testing.T) {
			caps := full()
			caps.PartsPerCall, caps.MixMedia = c.perCall, c.mix
			got, err := Render(canon.Message{Subject: "s", Parts: parts}, caps, link)
			if err != nil {
				t.Fatal(err)
			}
			var sizes []int
			for _, call := range got.Calls {
				sizes = append(sizes, len(call.Parts))
				if call.Subject != "s" {
					t.Error("the subject is lost")
				}
			}
			if !slices.Equal(sizes, c.sizes) {
				t.Fatalf("%v, want %v", sizes, c.sizes)
			}
		})
	}
}

func TestBackoffGrowsWithJitterAndEnds(t *testing.T) {
	for tries, most := range map[int]time.Duration{0: time.Second, 1: time.Second, 2: 2 * time.Second, 5: 16 * time.Second, 11: 10 * time.Minute, 100: 10 * time.Minute} {
		seen := map[time.Duration]bool{}
		for range 50 {
			d := backoff(tries)
			seen[d] = true
			if d < most/2 || d > most {
				t.Fatalf("after %d tries %v, want %v to %v", tries, d, most/2, most)
			}
		}
		if len(seen) < 10 {
			t.Fatalf("no jitter after %d tries", tries)
		}
	}
}
