package rules

import (
	"encoding/json"
	"hash/fnv"
	"slices"
	"strconv"
)

// maxSeen bounds what is remembered of one conversation, far below the 16 KiB a
// memory may take.
const maxSeen = 150

// memory is what the bot keeps of one conversation between turns.
type memory struct {
	// Welcomed: the welcome was said, or its moment has passed.
	Welcomed bool `json:"welcomed,omitempty"`
	// Offered lists the ids of the menus last offered, in order.
	Offered []string `json:"offered,omitempty"`
	// Seen counts questions and rules met, latest last.
	Seen []seen `json:"seen,omitempty"`
	// Reminded: the time-out reply was said in this silence.
	Reminded bool `json:"reminded,omitempty"`
}

type seen struct {
	Key   string `json:"k"`
	Times int    `json:"n"`
}

// readMemory reads what remember wrote. A memory of another kind of bot, or a
// damaged one, is forgotten.
func readMemory(raw json.RawMessage) memory {
	var m memory
	if len(raw) == 0 || json.Unmarshal(raw, &m) != nil {
		return memory{}
	}
	return m
}

func (m memory) encode() json.RawMessage {
	raw, err := json.Marshal(m)
	if err != nil || string(raw) == "{}" {
		return nil
	}
	return raw
}

// meet counts the keys and returns how often the most met of them was, this
// time included.
func (m *memory) meet(keys ...string) int {
	most := 0
	for _, key := range keys {
		s := seen{Key: key}
		if i := slices.IndexFunc(m.Seen, func(s seen) bool { return s.Key == key }); i >= 0 {
			s = m.Seen[i]
			m.Seen = slices.Delete(m.Seen, i, i+1)
		}
		s.Times++
		most = max(most, s.Times)
		m.Seen = append(m.Seen, s)
	}
	if extra := len(m.Seen) - maxSeen; extra > 0 {
		m.Seen = slices.Delete(m.Seen, 0, extra)
	}
	return most
}

// questionKey and ruleKey are short names for what was met.
func questionKey(q string) string { return "q" + hash(q) }
func ruleKey(id string) string    { return "r" + hash(id) }

func hash(s string) string {
	h := fnv.New64a()
	h.Write([]byte(s))
	return strconv.FormatUint(h.Sum64(), 36)
}
