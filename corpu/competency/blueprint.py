"""The door of this room; its pages stand beside it by subject."""

from flask import Blueprint

bp = Blueprint("competency", __name__, template_folder="templates")
