FROM pilotlight-base
COPY jdk /usr/share/elasticsearch/jdk
COPY elasticsearch /usr/share/elasticsearch
COPY elasticsearch-entrypoint.sh /usr/local/bin/docker-entrypoint.sh
WORKDIR /usr/share/elasticsearch
# As in the official image, the server's user writes only to these directories, by its own id or by group 0.
RUN useradd --uid 1000 --gid 0 --no-create-home --home-dir /usr/share/elasticsearch elasticsearch \
 && mkdir --parents data logs plugins config/jvm.options.d && chmod 0555 /usr/local/bin/docker-entrypoint.sh \
 && echo 'network.host: 0.0.0.0' >> config/elasticsearch.yml \
 && chown --recursive elasticsearch:0 config data logs plugins && chmod --recursive g=u config data logs plugins
ENTRYPOINT ["/usr/local/bin/docker-entrypoint.sh"]
CMD ["eswrapper"]
