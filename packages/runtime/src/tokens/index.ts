export { newToken, tokenLine } from './new-token.ts';
export { BadTokensFile, parseTokens, TOKEN_NAME } from './parse-tokens.ts';
export { ROLES, type Role, type Token } from './token.ts';
