// Package metahub runs the whole hub in this process against Meta, played: a
// customer on a phone on one side, the rule bot and an agent on the other. It
// holds tests alone.
package metahub
