package ingest

import (
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"time"

	"parley/core/canon"
	"parley/core/connector"
	"parley/core/secret"
)

// HeaderKnock marks a knock: a callback the hub sends to its own address, to see
// whether the way in is open. The door authenticates it, says so, and stores
// nothing.
const HeaderKnock = "Parley-Knock"

// knockLife is how long a knock counts.
const knockLife = time.Minute

// NewKnock makes what HeaderKnock carries to a link's address.
func NewKnock(s *secret.Signer, link canon.ID, now time.Time) string {
	return s.Token([]byte(link.String() + " " + strconv.FormatInt(now.Unix(), 10) + " " + canon.NewID().String()))
}

// Knocked is what a door said to a knock.
type Knocked struct {
	Ours      bool // our own door answered, for this very knock
	Authentic bool // what the callback proves itself by arrived unharmed
}

// ReadKnock reads the answer to a knock.
func ReadKnock(s *secret.Signer, knock string, h http.Header) Knocked {
	word, proof, ok := strings.Cut(h.Get(HeaderKnock), " ")
	given, err := base64.RawURLEncoding.DecodeString(proof)
	if !ok || err != nil || !s.Verify(given, "answer", knock, word) {
		return Knocked{}
	}
	return Knocked{Ours: true, Authentic: word == "authentic"}
}

// knocked answers a knock. Anything else, also a knock of somebody else's
// making, is a callback like any other.
func (d *Door) knocked(w http.ResponseWriter, line Line, hook connector.Webhook, raw connector.Raw) bool {
	knock := raw.Header.Get(HeaderKnock)
	if knock == "" || d.o.Knocks == nil {
		return false
	}
	payload, err := d.o.Knocks.OpenToken(knock)
	if err != nil {
		return false
	}
	words := strings.Fields(string(payload))
	if len(words) != 3 || words[0] != line.Link.String() {
		return false
	}
	at, err := strconv.ParseInt(words[1], 10, 64)
	if age := raw.Arrived.Sub(time.Unix(at, 0)); err != nil || age > knockLife || age < -knockLife {
		return false
	}
	word, status := "authentic", http.StatusOK
	if _, err := unseal(hook, raw); err != nil {
		word, status = "forged", http.StatusUnauthorized
	}
	proof := base64.RawURLEncoding.EncodeToString(d.o.Knocks.Sign("answer", knock, word))
	w.Header().Set(HeaderKnock, word+" "+proof)
	w.WriteHeader(status)
	return true
}
