/** The first Han character, in order of pinyin, of each letter a syllable begins with, and these letters. */
export const firsts = [..."阿八嚓哒妸发旮哈讥咔垃痳拏噢妑七呥扨它穵夕丫帀"];
export const letters = "abcdefghjklmnopqrstwxyz";
