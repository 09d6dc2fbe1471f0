"""Images as Keras 2's programs prepare them: `ImageDataGenerator`, and the transforms it draws."""

from hornbeam.keras.old_names import with_old_names
from hornbeam.keras.preprocessing.image import generator

__getattr__ = with_old_names(__name__, generator.OLD, star=True)
