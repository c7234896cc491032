// Package upload is the file upload of the local hub (protocol 5.3): what a
// device asks for before and after an upload, and the small part of Azure Blob
// Storage that the official SDKs use in between, on the hub's own HTTPS port.
//
// Begin hands out a URL that is signed for one blob and some time. PUTs to it,
// whole or in blocks, land in a folder of the state: uploads/{device}/{name}.
// Finish tells the hub how it went; of a file that is there the service gets a
// notification (protocol 6.5). What an upload that failed or was given up has left
// behind: a whole file stays, as in Azure; blocks that no list has named go when
// nothing was sent for longer than a URL is good.
//
// A device has ten open uploads at most (protocol 9), a file Options.MaxBlob bytes,
// all files together Options.MaxTotal; what is beyond is refused before any of it
// is read. There is no other clean-up: files are the user's.
//
// Names of files are made from outside text. Every segment is escaped where a
// file system would read something into it, and all access goes through an
// os.Root, so that nothing reaches outside the folder.
package upload
