FROM pilotlight-base
COPY node /usr/local/bin/
COPY npm /usr/local/lib/node_modules/npm
# npm trusts the certificates that this machine trusts.
COPY ca-certificates.crt /etc/ssl/certs/
ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt
RUN ln -s ../lib/node_modules/npm/bin/npx-cli.js /usr/local/bin/npx && useradd --uid 1000 --create-home node
CMD ["node"]
