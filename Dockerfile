# One image for web, worker, beat and migrate. No secret is baked in; it runs as nobody in particular.
FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
COPY requirements.txt /build/requirements.txt
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --require-hashes -r /build/requirements.txt

FROM python:3.11-slim-bookworm
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /nonexistent --shell /usr/sbin/nologin eyeline \
    && install -d -o eyeline -g eyeline -m 0700 /var/lib/eyeline/media
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=trust.settings \
    MEDIA_ROOT=/var/lib/eyeline/media \
    STATIC_ROOT=/srv/static
COPY --from=build /opt/venv /opt/venv
COPY . /srv/eyeline
WORKDIR /srv/eyeline
# The static files need no secret; these values live for this one command.
RUN SECRET_KEY=collectstatic-only ALLOWED_HOSTS=localhost DATABASE_URL=postgres://nobody@localhost/none \
    python manage.py collectstatic --no-input -v 0
USER eyeline
EXPOSE 8000
CMD ["gunicorn", "trust.wsgi", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--workers", "2", "--threads", "8", "--no-control-socket", "--worker-tmp-dir", "/dev/shm", "--graceful-timeout", "30", "--access-logfile", "-"]
