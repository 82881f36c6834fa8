// Package file keeps attachments: it takes them in, stores them, and serves them
// from signed addresses that expire.
//
// [Intake] judges what arrives while it streams: size, real type by its bytes,
// a harmless name, a digest; images lose where they were taken. [Storage] keeps
// the bytes on disk or in an S3-compatible bucket. [Handler] serves them so that
// a file cannot act as a page: only pictures, sound and video are shown, under a
// sandbox; everything else is a download.
//
// The package never holds a whole file in memory and knows no database: what is
// known of a file by its id comes from a [Catalog].
package file
