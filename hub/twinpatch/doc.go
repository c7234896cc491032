// Package twinpatch is the arithmetic of a change to a twin, on the side of the service: the least merge patch between
// two documents, the change rebased onto what others did meanwhile, and what a hub would refuse, with its place in the
// text. It knows no network and no screen, and all its functions are pure.
//
//	old, _ := twinpatch.Parse(read)
//	edited, err := twinpatch.Parse(typed) // a *Mistake has line and column
//	patch := twinpatch.Diff(old, edited)  // for PATCH /twins/{id}
//	merged, conflicts := twinpatch.Rebase(old, edited, now, nil)
package twinpatch
