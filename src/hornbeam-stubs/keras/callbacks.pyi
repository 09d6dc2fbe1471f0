"""The public names of `hornbeam.keras.callbacks`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.keras.callbacks.backup_and_restore import BackupAndRestore as BackupAndRestore
from hornbeam.keras.callbacks.callback import Callback as Callback
from hornbeam.keras.callbacks.callback_list import CallbackList as CallbackList
from hornbeam.keras.callbacks.csv_logger import CSVLogger as CSVLogger
from hornbeam.keras.callbacks.early_stopping import EarlyStopping as EarlyStopping
from hornbeam.keras.callbacks.history import History as History
from hornbeam.keras.callbacks.learning_rates import LearningRateScheduler as LearningRateScheduler
from hornbeam.keras.callbacks.learning_rates import ReduceLROnPlateau as ReduceLROnPlateau
from hornbeam.keras.callbacks.model_checkpoint import ModelCheckpoint as ModelCheckpoint
from hornbeam.keras.callbacks.progbar_logger import ProgbarLogger as ProgbarLogger
from hornbeam.keras.callbacks.small import LambdaCallback as LambdaCallback
from hornbeam.keras.callbacks.small import RemoteMonitor as RemoteMonitor
from hornbeam.keras.callbacks.small import SwapEMAWeights as SwapEMAWeights
from hornbeam.keras.callbacks.small import TerminateOnNaN as TerminateOnNaN
from hornbeam.keras.callbacks.tensorboard import TensorBoard as TensorBoard
