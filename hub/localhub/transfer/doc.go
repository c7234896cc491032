// Package transfer runs the jobs that import identities from a blob and export
// them to one (protocol 2.8).
//
// A job is in the store: a hub that starts again goes on with an import behind the
// last hundred lines that it had done, and begins an export anew. Lines that were
// being done when the hub died are done again, so that a line that creates may be
// reported as one that failed; never is a line left out.
//
// What the reference does not say, and so is UNCONFIRMED, follows "Import and
// export IoT Hub device identities in bulk" of the public documentation:
//
//   - the blobs are called devices.txt, configurations.txt and importErrors.log, and
//     hold one JSON document a line, ended by a line feed;
//   - a line without importMode is createOrUpdate;
//   - lines that could not be done do not fail the job; importErrors.log has one
//     line for each, in the shape of an error of POST /devices (protocol 2.4);
//   - an export has tags and properties, with their metadata; without keys its
//     authentication is null.
//
// And with no public source, by what is safe: one job at a time, others are refused
// with 403003; job documents give container URIs without their token; a job that
// has ended is kept for 30 days; DELETE ends a job, and answers 204.
package transfer
