// Package tally counts the events of the monitor as they come: how many, how large and how late, in total, by device
// and by partition, and for simulated devices what is missing, twice or out of order. Its memory is bounded.
package tally
