// Package twindoc is the arithmetic of twin documents: merging and replacing
// with versions and $metadata, and the rules that every document keeps
// (protocol 2.5). It knows no store and no protocol.
//
//	patch, err := twindoc.Parse([]byte(`{"interval":2,"old":null}`)) // the rules
//	d, err := twindoc.Load(stored)
//	d.Merge(patch, now, true)
//	stored, plain := d.JSON(), d.Plain()
package twindoc
