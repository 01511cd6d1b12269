FROM pilotlight-base
COPY native /usr/local
COPY postgres-entrypoint.sh /usr/local/bin/
RUN useradd --uid 999 postgres && install --directory --owner=postgres /var/lib/postgresql /var/run/postgresql
ENV PGDATA=/var/lib/postgresql/18/docker
VOLUME /var/lib/postgresql
STOPSIGNAL SIGINT
ENTRYPOINT ["sh", "/usr/local/bin/postgres-entrypoint.sh"]
CMD ["postgres"]
