// Package method calls direct methods: on one device or module, as a section about it, and on many devices at once, as a
// page of its own. Both have the same form, and share favourites and the names that they have seen.
package method
