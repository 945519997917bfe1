# A server, a worker or any other command of Candour, by the arguments: `serve` by itself.
FROM python:3.12-slim-bookworm AS packages
COPY deploy/requirements.lock /requirements.lock
RUN python -m venv /venv \
    && /venv/bin/python -m pip install --no-cache-dir --no-compile --require-hashes -r /requirements.lock \
    && /venv/bin/python -m compileall -q -j 0 /venv/lib

FROM python:3.12-slim-bookworm
# The user has a number, so that Kubernetes can see that it is not root.
RUN useradd --uid 10001 --user-group --create-home candour \
    && install --directory --owner=candour --group=candour --mode=0700 /data
COPY --from=packages /venv /venv
WORKDIR /candour
COPY *.py pyproject.toml ./
COPY migrations migrations
COPY models models
COPY policies policies
COPY operations operations
COPY jobs jobs
COPY resolvers resolvers
COPY schema schema
RUN /venv/bin/python -m compileall -q -j 0 .
ENV HOST=0.0.0.0 \
    PORT=8000 \
    CANDOUR_ENV=production \
    CANDOUR_DATA=/data \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
    CMD ["/venv/bin/python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
ENTRYPOINT ["/venv/bin/python", "app.py"]
CMD ["serve"]
