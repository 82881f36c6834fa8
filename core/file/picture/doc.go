// Package picture takes everything out of an image that is not the image:
// camera, place and time of a photograph, comments, previews, and whatever was
// glued behind its end to make it act as something else.
//
// JPEG and PNG are decoded and encoded anew, turned upright first. Animated
// PNG, GIF and WebP are taken apart and put together from the parts that draw,
// so animation and quality stay. Sizes are read and judged before anything is
// decoded, and all decoding at once shares one budget of memory: a small file
// that unfolds into a huge image is refused in no time.
//
// The package keeps nothing and never reads more of the input than it needs.
package picture
