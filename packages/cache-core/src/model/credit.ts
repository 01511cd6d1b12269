/** What a hit adds to the credit of its entry. A number of sixteenths, because V8 would store a fraction in an object of its own. */
export const HIT = 16;
/** The credit of a new entry: it spares an entry of less than half the mean size without a hit. */
export const FIRST_CREDIT = HIT / 2;
/** The credit of two hits: from here on an entry is read often, and keeps what makes its hits cheaper. */
export const READ_OFTEN = FIRST_CREDIT + 2 * HIT;
