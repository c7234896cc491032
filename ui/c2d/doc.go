// Package c2d sends cloud-to-device messages to one device: a section about it with a form, what was sent in this
// session and what became of it, and the device's queue.
package c2d
