// Package demo fills a hub with a small tea shop, so that a newcomer sees the
// main job within two minutes: a shop page with the chat, a bot with rules, a
// team, a mail account on a mail server in this process, and an account of a
// played platform with its first customers. A page of phones lets one person play
// the customers of every platform that is played.
//
// Everything is written through the same doors the application uses, so what
// the demo shows is what the hub does. Filling is repeatable: what is there is
// left alone, only the addresses of the played servers are brought up to date.
// The package knows no connector and no bot; main hands them in. It is for
// showing and trying: its passwords are printed and in the source.
package demo
