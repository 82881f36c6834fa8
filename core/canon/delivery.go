package canon

// Delivery is how far one attempt to send got. It is kept per attempt and only
// moves up.
type Delivery string

// The states of a delivery, and its ends.
const (
	Held      Delivery = "held" // until the customer writes again
	Queued    Delivery = "queued"
	Sending   Delivery = "sending"
	Sent      Delivery = "sent" // the platform took it
	Delivered Delivery = "delivered"
	Read      Delivery = "read"

	Failed      Delivery = "failed"
	Unconfirmed Delivery = "unconfirmed" // it may have arrived, and cannot be asked
	Cancelled   Delivery = "cancelled"
)

// rank puts Failed above Sent: a bounce or a platform's refusal comes after it
// took the message, and the two may arrive in either order. A message that
// reached the customer did not fail, whatever came first.
var rank = map[Delivery]int{
	Held: 1, Queued: 2, Sending: 3, Unconfirmed: 4, Cancelled: 4, Sent: 5, Failed: 6, Delivered: 7, Read: 8,
}

// Valid reports whether d is a known state.
func (d Delivery) Valid() bool { return rank[d] > 0 }

// Advance returns the state after next is reported on an attempt in state d.
// It never moves down: a late receipt may lift unconfirmed, or failed when the
// customer has it after all; nothing lowers delivered or read, and a cancelled
// attempt stays cancelled. Reports in any order end in the same state.
func (d Delivery) Advance(next Delivery) Delivery {
	if d == Cancelled || rank[next] <= rank[d] {
		return d
	}
	return next
}

// Least is what a message of several rows shows: failed or unconfirmed if any
// row is, otherwise the least advanced row. No rows give Queued.
func Least(states []Delivery) Delivery {
	out := Delivery("")
	for _, s := range states {
		switch {
		case s == Failed:
			return Failed
		case s == Unconfirmed:
			out = Unconfirmed
		case out == Unconfirmed:
		case out == "" || rank[s] < rank[out]:
			out = s
		}
	}
	if out == "" {
		return Queued
	}
	return out
}
