# The product for a pipeline: t4firm, the engine and git. A firm's repository is mounted or checked out in /work.
FROM python:3.13-slim-bookworm AS build
WORKDIR /opt/t4-firm
# hadolint ignore=DL3008 # what Debian's stable release has; it is not in the image that is used
RUN apt-get update \
    && apt-get install --yes --no-install-recommends make \
    && rm -rf /var/lib/apt/lists/*
COPY . .
RUN T4_ENGINE=download make setup \
    && rm -rf tests

FROM python:3.13-slim-bookworm
# hadolint ignore=DL3008 # git as Debian's stable release mends it: a pinned version would keep its holes
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates git \
    && rm -rf /var/lib/apt/lists/* \
    && git config --system --add safe.directory '*' \
    && mkdir --mode=1777 /home/t4firm
COPY --from=build /opt/t4-firm /opt/t4-firm
# Hosts run containers under ids of their own, which no password file knows: then these say who and where.
ENV T4_FIRM=/opt/t4-firm \
    PATH=/opt/t4-firm/.venv/bin:/usr/local/bin:/usr/bin:/bin \
    USER=t4firm \
    HOME=/home/t4firm \
    PYTHONDONTWRITEBYTECODE=1
WORKDIR /work
USER 10001:10001
ENTRYPOINT ["t4firm"]
