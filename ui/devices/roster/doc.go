// Package roster keeps very many devices in little memory, and puts them into an order: what a list must know
// of a device to sort and filter by it, about 45 bytes for an id of 14 characters. It knows no screen.
//
// A Roster belongs to one goroutine. A Snapshot of it may be arranged in another one while the roster is changed.
package roster
