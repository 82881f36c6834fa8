// Package rendition makes of a picture, film or recording what a channel takes:
// smaller, or of another type. Pictures it draws itself; films, recordings, and
// pictures of formats only cameras write, with the ffmpeg of the machine where
// there is one. What it
// does is bounded in time and size. It stores nothing, fetches nothing, and is
// asked only where a file does not fit as it is.
package rendition
