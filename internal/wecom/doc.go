// Package wecom runs a whole hub in this process with the connectors of WeCom
// against the played platform: what a customer does on WeChat is seen by bot and
// agent, and what they answer is seen on the customer's screen. It holds tests
// alone.
package wecom
