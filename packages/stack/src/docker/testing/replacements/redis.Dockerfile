FROM pilotlight-base
RUN install --directory --owner=redis /data
VOLUME /data
WORKDIR /data
CMD ["redis-server"]
